/** The provider's endpoints and pages. */
@NullMarked
package dev.monban.server.oidc.page;

import org.jspecify.annotations.NullMarked;
