"""What people do at the terminal, one room a task; rooms never see each other."""
