/** Where mail servers hand on what came back. */
@NullMarked
package dev.monban.server.notify.page;

import org.jspecify.annotations.NullMarked;
