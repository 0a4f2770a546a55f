"""Ways a caller reaches us. Each gives 20 ms frames and keys, and takes 20 ms frames back."""
