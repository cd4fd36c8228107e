"""A simulated insurer-lender that writes landing files in the real formats. All synthetic."""

from pipelines.demo.run import DemoSummary, Progress, generate

__all__ = ["DemoSummary", "Progress", "generate"]
