"""The Audit page: who changed what, before and after, and the proof that nobody changed the trail itself."""
