import { describe } from 'vitest';
import { openMemoryWorld } from '../helpers/provider/memory-world.ts';
import { providerContract } from '../helpers/provider-contract.ts';

describe('replicas on a server in memory', () => {
  providerContract(openMemoryWorld);
});
