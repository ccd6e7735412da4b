"""The clinical record that is not a session's log: patients, plans, visits, devices, signatures."""
