/**
 * The facts of each try at the door, in the words of the replay contract. Read this package first:
 * everything that Monban knows about who came, it knows as an {@link
 * dev.monban.core.watch.Attempt}.
 */
@NullMarked
package dev.monban.core.watch;

import org.jspecify.annotations.NullMarked;
