/** Messages to other systems, sent after the commit and until they are taken. */
@NullMarked
package dev.monban.server.notify;

import org.jspecify.annotations.NullMarked;
