/** The declared state: read, checked whole, applied in one transaction. */
@NullMarked
package dev.monban.server.declare;

import org.jspecify.annotations.NullMarked;
