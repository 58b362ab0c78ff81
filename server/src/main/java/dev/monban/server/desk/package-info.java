/**
 * The desk: people who are stuck are found as the log is written, and helped by support, who prove
 * with a code that they talk with the right one.
 */
@NullMarked
package dev.monban.server.desk;

import org.jspecify.annotations.NullMarked;
