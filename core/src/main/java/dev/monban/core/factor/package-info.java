/** How a person proves who they are, and how much such a proof is worth. */
@NullMarked
package dev.monban.core.factor;

import org.jspecify.annotations.NullMarked;
