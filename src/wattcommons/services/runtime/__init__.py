"""What every service stands on: strict settings files, waiting and trying again."""
