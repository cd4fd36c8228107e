"""A simulated insurer-lender that writes landing files in the real formats. All synthetic."""
