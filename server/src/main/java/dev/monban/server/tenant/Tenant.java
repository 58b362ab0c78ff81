package dev.monban.server.tenant;

import java.util.UUID;

/**
 * An organisation.
 *
 * @param slug short name in the declared state and in addresses
 */
public record Tenant(UUID id, String slug, String name) {}
