"""What models cost: base models from a package's price data, tuning from our own price book."""
