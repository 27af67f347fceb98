//! The only place that knows all the others: the loop, the effects, the command-line verbs.
