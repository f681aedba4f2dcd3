"""What the terminal and the hub must compute identically, and nothing else."""
