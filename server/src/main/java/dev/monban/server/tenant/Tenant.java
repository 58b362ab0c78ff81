package dev.monban.server.tenant;

import java.util.UUID;

/**
 * An organisation.
 *
 * @param operator whether it runs this gate: its administrators see all others
 * @param slug short name in the declared state and in addresses
 */
public record Tenant(UUID id, String slug, String name, boolean operator) {}
