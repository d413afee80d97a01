"""The staff console: pages over `/staff/…` of the one-stop service, without rules of business."""
