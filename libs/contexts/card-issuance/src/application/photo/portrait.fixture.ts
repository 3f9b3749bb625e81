import sharp from 'sharp';

/** A portrait that is drawn, of nobody; each member plants one fault. */
export interface Portrait {
  readonly skin?: string;
  readonly hair?: string;
  readonly background?: string;
  readonly clothes?: string;
  readonly blur?: number;
  readonly exposure?: number;
  readonly glare?: true;
  readonly shadow?: true;
  readonly object?: true;
  readonly shift?: number;
  readonly scale?: number;
  readonly tilt?: number;
  readonly turn?: number;
  readonly sunglasses?: true;
  readonly mask?: true;
  readonly second?: true;
  readonly nobody?: true;
  readonly exif?: string;
  readonly width?: number;
  readonly height?: number;
  readonly quality?: number;
  /** Seed of the features that make one person unlike another. */
  readonly person?: number;
}

/** A JPEG of the portrait with the grain of a sensor, 490 by 630 pixels unless said. */
export async function drawPortrait(portrait: Portrait = {}): Promise<Buffer> {
  const { width = 490, height = 630, exposure = 1, blur, exif, quality = 95 } = portrait;
  const { data, info } = await sharp(Buffer.from(svgOf(portrait))).flatten().raw().toBuffer({ resolveWithObject: true });
  let grain = 1;
  const exposed = data.map((value) => {
    grain = (grain * 48_271) % 2_147_483_647;
    return Math.max(0, Math.min(255, value * exposure + (grain % 13) - 6));
  });
  const lens = sharp(exposed, { raw: { width: info.width, height: info.height, channels: 3 } }).resize(width, height, { fit: 'fill' });
  const developed = (blur === undefined ? lens : lens.blur(blur)).jpeg({ quality, chromaSubsampling: '4:4:4' });
  return (exif === undefined ? developed : developed.withExif({ IFD2: { DateTimeOriginal: exif } })).toBuffer();
}

function svgOf(portrait: Portrait): string {
  const { background = '#e6e8ea', shadow, object, nobody, second, glare } = portrait;
  const head = nobody === true ? '<rect x="200" y="250" width="300" height="400" fill="#3060a0"/>' : person(portrait);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="490" height="630" viewBox="0 0 700 900">
    <defs><linearGradient id="shade"><stop offset="0" stop-color="#000" stop-opacity="0.6"/><stop offset="0.6" stop-color="#000" stop-opacity="0"/></linearGradient></defs>
    <rect width="700" height="900" fill="${background}"/>
    ${shadow === true ? '<rect width="700" height="900" fill="url(#shade)"/>' : ''}
    ${object === true ? '<path d="M10 0V400M45 0V400M0 60H90M0 140H90M0 220H90M0 300H90" stroke="#222" stroke-width="9"/>' : ''}
    ${head}
    ${second === true ? `<g transform="translate(330 60) scale(0.75)">${person({ ...portrait, shift: 0.12 })}</g>` : ''}
    ${glare === true ? '<circle cx="300" cy="420" r="34" fill="#fff"/><circle cx="400" cy="420" r="34" fill="#fff"/>' : ''}
  </svg>`;
}

function person({ skin = '#e8b996', hair = '#1d1714', clothes = '#28324a', shift = 0, scale = 1.25, tilt = 0, turn = 0, sunglasses, mask, person: seed = 1 }: Portrait): string {
  const vary = (place: number, most: number): number => ((((seed * 7_919 + 13) * (place * 104_729 + 7)) % 1_009) / 1_009 - 0.5) * most;
  const [wide, high] = [132 + vary(1, 20), 172 + vary(2, 20)];
  const eyes = `<g transform="translate(${turn * 2 * wide} ${vary(3, 24)})">
      ${[-58, 58].map((x) => `<g transform="translate(${x + vary(4, 10) * Math.sign(x)} 0)"><ellipse cx="0" cy="0" rx="25" ry="12" fill="#f5f2ee"/><circle r="11" fill="#1a120e"/><path d="M-30 ${-28 + vary(5, 8)}Q0 ${-40 + vary(6, 10)} 30 ${-28 + vary(5, 8)}" stroke="${hair}" stroke-width="${8 + vary(7, 6)}" fill="none"/></g>`).join('')}
      ${sunglasses === true ? '<rect x="-112" y="-34" width="224" height="66" rx="24" fill="#101010"/>' : ''}</g>`;
  return `<g transform="translate(${350 + shift * 700} 450) rotate(${tilt}) scale(${scale})">
    <path d="M-330 520Q-290 ${240 + vary(8, 60)} -70 230L70 230Q290 ${240 + vary(9, 60)} 330 520Z" fill="${clothes}"/>
    <rect x="-56" y="90" width="112" height="170" fill="${skin}"/>
    <ellipse cx="0" cy="-58" rx="${wide + 34 + vary(10, 60)}" ry="${high + 6 + vary(11, 50)}" fill="${hair}"/>
    <ellipse cx="0" cy="0" rx="${wide}" ry="${high}" fill="${skin}"/>
    <path d="M${-wide} -40Q${vary(12, 220)} ${-150 + vary(13, 40)} ${wide} -40Q${wide - 10} ${-high - 30} 0 ${-high - 30}Q${-wide + 10} ${-high - 30} ${-wide} -40Z" fill="${hair}"/>
    ${eyes}
    <path d="M${turn * wide} 0Q${14 + turn * wide} ${46 + vary(14, 20)} -6 52" stroke="#00000055" stroke-width="5" fill="none"/>
    <path d="M-44 ${98 + vary(15, 14)}Q0 ${112 + vary(16, 14)} 44 ${98 + vary(15, 14)}" stroke="#9a4a44" stroke-width="11" fill="none"/>
    ${mask === true ? `<path d="M${-wide} 40Q0 10 ${wide} 40L${wide - 30} 150Q0 ${high + 20} ${30 - wide} 150Z" fill="#f4f7f8"/>` : ''}
  </g>`;
}
