"""Values to and from the formats of other systems: values in, documents out, and back."""
