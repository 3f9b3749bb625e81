import { ANY_POLICY } from './policy-extensions.js';

/** A policy that is valid at one depth. `children` counts those of the next depth; a node above the deepest lives by them. */
interface PolicyNode {
  readonly policy: string;
  readonly parents: readonly PolicyNode[];
  expected: ReadonlySet<string>;
  children: number;
}

type Level = Map<string, PolicyNode>;

/**
 * valid_policy_graph (RFC 5280 6.1.2 (a) as updated by RFC 9618): one node for a policy at a depth, however many ways lead to it, so
 * that its size is bounded by what the certificates say and not by the number of those ways. Empty (`isNull`) when no policy is left.
 */
export class PolicyGraph {
  readonly #levels: Level[] = [new Map([[ANY_POLICY, { policy: ANY_POLICY, parents: [], expected: new Set([ANY_POLICY]), children: 0 }]])];

  get isNull(): boolean {
    return this.#deepest.size === 0;
  }

  get #deepest(): Level {
    return this.#levels.at(-1) ?? new Map();
  }

  /** 6.1.3 (e): no certificatePolicies. */
  clear(): void {
    this.#levels.length = 0;
  }

  /** 6.1.3 (d): the policies of a certificate; `anyAccepted` when its anyPolicy counts (d)(2). */
  descend(policies: readonly string[], anyAccepted: boolean): void {
    if (this.isNull) return;
    const above = this.#deepest;
    const level: Level = new Map();
    const expecting = new Map<string, PolicyNode[]>();
    for (const node of above.values()) {
      for (const policy of node.expected) {
        const nodes = expecting.get(policy);
        if (nodes === undefined) expecting.set(policy, [node]);
        else nodes.push(node);
      }
    }
    const any = above.get(ANY_POLICY);
    for (const policy of policies) {
      if (policy === ANY_POLICY) continue;
      const parents = expecting.get(policy) ?? (any === undefined ? undefined : [any]);
      if (parents !== undefined) addNode(level, policy, parents);
    }
    if (anyAccepted && policies.includes(ANY_POLICY)) {
      for (const [policy, parents] of expecting) if (!level.has(policy)) addNode(level, policy, parents);
    }
    this.#levels.push(level);
    this.#prune(this.#levels.length - 2);
  }

  /** 6.1.4 (b)(1): mapping allowed. */
  map(mappings: ReadonlyMap<string, ReadonlySet<string>>): void {
    const any = this.#deepest.get(ANY_POLICY);
    for (const [issuerDomain, subjectDomains] of mappings) {
      const node = this.#deepest.get(issuerDomain);
      if (node !== undefined) node.expected = subjectDomains;
      else if (any !== undefined) addNode(this.#deepest, issuerDomain, any.parents, subjectDomains);
    }
  }

  /** 6.1.4 (b)(2): mapping inhibited, so the policies that it would map are lost. */
  forget(mappings: ReadonlyMap<string, ReadonlySet<string>>): void {
    for (const policy of mappings.keys()) drop(this.#deepest, policy);
    this.#prune(this.#levels.length - 2);
  }

  /** 6.1.5 (g): user-constrained-policy-set, sorted. `initial` is the user-initial-policy-set; any policy when undefined. */
  policiesFor(initial: readonly string[] | undefined): string[] {
    if (this.isNull) return [];
    const found = new Set<string>(this.#deepest.has(ANY_POLICY) ? [ANY_POLICY] : []);
    for (const level of this.#levels) {
      for (const { policy, parents } of level.values()) {
        if (policy !== ANY_POLICY && parents.some((parent) => parent.policy === ANY_POLICY)) found.add(policy);
      }
    }
    if (initial === undefined || initial.includes(ANY_POLICY)) return found.has(ANY_POLICY) ? [ANY_POLICY] : [...found].sort();
    return [...new Set(initial)].filter((policy) => found.has(ANY_POLICY) || found.has(policy)).sort();
  }

  /** 6.1.3 (d)(3): drops nodes without children from depth `from` upwards. */
  #prune(from: number): void {
    for (let depth = from; depth >= 0; depth -= 1) {
      const level = this.#levels[depth] ?? new Map<string, PolicyNode>();
      for (const node of level.values()) if (node.children === 0) drop(level, node.policy);
    }
  }
}

function addNode(level: Level, policy: string, parents: readonly PolicyNode[], expected: ReadonlySet<string> = new Set([policy])): void {
  for (const parent of parents) parent.children += 1;
  level.set(policy, { policy, parents, expected, children: 0 });
}

function drop(level: Level, policy: string): void {
  for (const parent of level.get(policy)?.parents ?? []) parent.children -= 1;
  level.delete(policy);
}
