import { describe } from 'vitest';
import { openMemoryWorld } from '../helpers/provider/memory-world.ts';
import { providerContract } from '../helpers/provider-contract.ts';

describe.each(['embedded', 'self-hosted', 'cloud'] as const)('replicas on a server in memory, %s', (profile) => {
  providerContract(() => openMemoryWorld(profile));
});
