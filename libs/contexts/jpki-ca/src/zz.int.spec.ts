import { it } from 'vitest';
import { startEstate } from '#testing';
import { jpkiCaModule } from './jpki-ca.module.js';
import { Neighbours, cardExpiry, cardSerial, certifyBatch, csr, operator } from './neighbours.fixture.js';
it('perf', async () => {
  const n = new Neighbours();
  const estate = await startEstate([...n.modules(), jpkiCaModule]);
  await estate.request('POST', '/api/jpki-ca/v1/crl-partitions', { as: operator, body: { municipalityCode: '990019', prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' } });
  const cards = [];
  for (let i = 0; i < 100; i += 1) {
    const [a, b] = await Promise.all([csr(), csr()]);
    const p = n.person();
    cards.push({ recordNo: i + 1, cardSerial: cardSerial(), personKey: p.personKey, municipalityCode: '990019', factVersion: 1, cardExpiry: cardExpiry(estate), signCsr: a.der, authCsr: b.der });
  }
  const t = performance.now();
  const r = await certifyBatch(estate, n, cards);
  console.log('PERF', r.result, performance.now() - t);
  const [row] = await estate.sql("SELECT extract(epoch from max(at)-min(at)) AS s FROM jpki_ca.audit_line WHERE entry LIKE '%certificate.issued%'");
  console.log(row);
  await estate.stop();
}, 300000);
