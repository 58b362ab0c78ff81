/**
 * Every HTTP call that leaves the gate. {@link OutgoingCalls} is the one place that opens a
 * connection to another host: it refuses internal addresses after the name is resolved, connects to
 * the address that it has checked, and bounds each call in time, size and number.
 */
@NullMarked
package dev.monban.server.platform.outgoing;

import org.jspecify.annotations.NullMarked;
