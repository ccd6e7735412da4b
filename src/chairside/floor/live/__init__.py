"""The live page: values, graphs, alarms and due checks as they stand, and acts told with a tap or two."""
