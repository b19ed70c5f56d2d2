"""The certificate registry in the shape of the field's API (EnergyTag), under /registry/v1."""
