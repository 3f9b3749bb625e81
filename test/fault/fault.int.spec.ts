import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJourneyEstate, type JourneyEstate } from '../journeys/estate.js';
import { campaign } from './campaign.js';
import { handoverCampaign } from './handover.js';
import { trainingCampaign } from './training.js';

describe('the fault campaign in small: kill -9 of processes and servers during walks', () => {
  let estate: JourneyEstate;

  beforeAll(async () => {
    estate = await openJourneyEstate();
  });
  afterAll(() => estate.remove());

  it('CARD-4.12 Q6 network and power cut at hand-overs: no card unusable, no divergence untold', async () => {
    const { findings, cuts } = await handoverCampaign(estate, { cuts: 6, seed: 7, say: () => undefined });
    expect([findings, cuts]).toEqual([[], 6]);
  }, 400_000);

  it('a rush for few places of a seminar gives exactly those, and everybody is told the truth', async () => {
    const result = await trainingCampaign(estate, { applicants: 60, places: 10, operations: 60, kills: 1, seed: 7, say: () => undefined });
    expect(result.findings).toEqual([]);
    expect(result.heard).toEqual({ ADMITTED: 10, WAITLISTED: 50 });
  }, 400_000);

  it('loses nothing, doubles nothing, and every walk comes to its end', async () => {
    const result = await campaign(estate, { walks: 2, seed: 7, say: () => undefined });
    expect(Object.values(result.kills).reduce((sum, kills) => sum + kills, 0)).toBeGreaterThan(0);
    expect({ failedWalks: result.failedWalks, findings: result.findings }).toEqual({ failedWalks: [], findings: [] });
  }, 400_000);
});
