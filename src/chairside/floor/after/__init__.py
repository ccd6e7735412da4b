"""After the infusion: recovery and leaving, drug books and signatures, and the printed flowsheet."""
