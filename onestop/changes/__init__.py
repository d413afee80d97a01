"""Changes by staff of what citizens meet: proposed by one, approved by a second, applied on their day."""
