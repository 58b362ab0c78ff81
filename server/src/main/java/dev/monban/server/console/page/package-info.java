/** The console's pages. */
@NullMarked
package dev.monban.server.console.page;

import org.jspecify.annotations.NullMarked;
