/** Second factors: added, used, removed. */
@NullMarked
package dev.monban.server.factor;

import org.jspecify.annotations.NullMarked;
