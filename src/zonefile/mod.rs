//! BIND zone-file text: lexer, parser, printer.
