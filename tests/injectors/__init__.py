"""What breaks things on purpose (faults.md, injectors). It knows neither program."""
