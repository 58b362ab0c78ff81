/** The command line, and the one place where everything is wired. */
@NullMarked
package dev.monban.server.command;

import org.jspecify.annotations.NullMarked;
