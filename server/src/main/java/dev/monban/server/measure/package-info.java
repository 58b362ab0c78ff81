/** Health, metrics, and what is done from time to time. */
@NullMarked
package dev.monban.server.measure;

import org.jspecify.annotations.NullMarked;
