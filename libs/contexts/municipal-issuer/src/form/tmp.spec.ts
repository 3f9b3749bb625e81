import { writeFileSync } from 'node:fs';
import { it } from 'vitest';
import { toLocalDate } from '#kernel';
import { formOf } from './form.js';
import { resident, sealImage, sealRegistration, taxation, familyRegister } from '../records.fixture.js';
it('draws', async () => {
  const seal = await sealImage('試験市長之印', '#c8321e', true);
  const issue = { municipality: { name: '試験市', mayor: '基盤　太郎', seal }, requestId: 'REQ-20160201-0000001', issuedAt: new Date('2016-02-01T01:00:00Z'), bind: (pageCount: number) => ({ requestId: 'REQ-20160201-0000001', type: 'SEAL_CERT' as const, pageCount, issuedAt: '2016-02-01T01:00:00.000Z', residentKeyMac: Buffer.alloc(32) }) };
  const long = '〓{glyph:99001-0042}' + '齋藤髙橋渡邉﨑'.repeat(9);
  const members = [resident({name:'試験　〓{glyph:99001-0042}郎'}), resident({ position: 2, name: '試験　花子', sex: 'F', relation: '妻', birthDate: toLocalDate('1977-11-03') }), resident({ position: 3, name: long, relation: '子' }), resident({ position: 4, name: 'マリア　デ　ロス　アンヘレス　フェルナンデス　サンチェス　デ　ラ　クルス', relation: '妻の子' }), resident({ position: 5, relation: '子' , previousAddress: undefined} as never)];
  const all = { rr: { type: 'RESIDENT_RECORD', members, isWhole: true, options: ['HOUSEHOLD', 'RELATION', 'DOMICILE', 'NUMBER'] }, rs: { type: 'RESIDENT_RECORD', members: members.slice(0, 1), isWhole: false, options: [] }, seal: { type: 'SEAL_CERT', resident: resident(), seal: await sealRegistration() }, tax: { type: 'INCOME_TAX_CERT', resident: resident({ name: long }), taxation: taxation() }, ff: { type: 'FAMILY_REGISTER_FULL', register: familyRegister() }, ad: { type: 'REGISTER_ADDENDUM', register: familyRegister() } } as const;
  for (const [name, shown] of Object.entries(all)) { const { pdf, binding } = await formOf(shown, issue); writeFileSync(`/tmp/spike/${name}.pdf`, pdf); console.log(name, pdf.length, binding.pageCount); }
});
