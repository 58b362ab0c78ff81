/** Two small relying parties to sign in to, for a first look. */
@NullMarked
package dev.monban.server.demo;

import org.jspecify.annotations.NullMarked;
