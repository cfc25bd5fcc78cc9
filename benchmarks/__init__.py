"""What the most used pages cost, as multiples of a bare page of the same stack: `make bench`."""
