"""Where the terminal's private key is kept: the operating system's key store, else a file that only its owner reads."""
