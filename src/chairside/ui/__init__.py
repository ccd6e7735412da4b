"""The house style: base templates, components, tokens and graphs. Knows no patient."""
