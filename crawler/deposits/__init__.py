"""What others saved and hand in becomes captures: a module a form, one way in for them all."""
