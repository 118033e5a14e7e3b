"""SMS: three providers behind one interface of a few functions, polled and sent through."""
