//! The drawing: sky, houses, pavement, road, lane marks, a tree, and in the first picture a heap of litter. Positions
//! are in 1/4096 of the picture's width and height, whole numbers throughout.

const UNIT: i32 = 4096;

type Colour = [u8; 3];

#[derive(Debug, Clone, Copy)]
enum Outline {
    Rectangle,
    Ellipse,
    /// Narrows towards the top: the upper edge has this share of the lower one, in 1/4096.
    Road(i32),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    outline: Outline,
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
    colour: Colour,
    /// How much the surface varies, in levels.
    rough: u8,
}

impl Shape {
    fn covers(&self, x: i32, y: i32) -> bool {
        if !(self.left..self.right).contains(&x) || !(self.top..self.bottom).contains(&y) {
            return false;
        }
        let (width, height) = ((self.right - self.left).max(1), (self.bottom - self.top).max(1));
        match self.outline {
            Outline::Rectangle => true,
            Outline::Ellipse => {
                let dx = i64::from((2 * (x - self.left) - width) * UNIT / width);
                let dy = i64::from((2 * (y - self.top) - height) * UNIT / height);
                dx * dx + dy * dy <= i64::from(UNIT * UNIT)
            }
            Outline::Road(share) => {
                let here = share + (UNIT - share) * (y - self.top) / height;
                (2 * (x - self.left) - width).abs() <= width * here / UNIT
            }
        }
    }
}

pub(super) struct Street {
    seed: u64,
    light: i32,
    horizon: i32,
    sky: Colour,
    shapes: Vec<Shape>,
}

impl Street {
    pub(super) fn new(seed: u64, after: bool) -> Street {
        let mut dice = Dice(seed);
        let horizon = dice.between(1500, 2000);
        let haze = dice.between(0, 40) as u8;
        let mut street = Street {
            seed,
            light: if after { 5 } else { 0 },
            horizon,
            sky: [120 + haze, 165 + haze / 2, 215],
            shapes: Vec::with_capacity(96),
        };
        street.houses(&mut dice);
        street.road(&mut dice);
        street.tree(&mut dice);
        if !after {
            street.litter(&mut dice);
        }
        street
    }

    fn add(&mut self, outline: Outline, (left, top, right, bottom): (i32, i32, i32, i32), colour: Colour, rough: u8) {
        self.shapes.push(Shape { outline, left, top, right, bottom, colour, rough });
    }

    fn houses(&mut self, dice: &mut Dice) {
        let ground = self.horizon + 150;
        let mut left = -dice.between(0, 300);
        while left < UNIT {
            let right = left + dice.between(450, 900);
            let top = self.horizon - dice.between(500, 1300);
            let wall = dice.pick(&[[176, 160, 140], [150, 152, 158], [196, 186, 166], [164, 120, 100]]);
            self.add(Outline::Rectangle, (left, top, right, ground), wall, 8);
            for floor in 0..4 {
                for column in 0..3 {
                    let (x, y) = (left + 60 + column * 140, top + 90 + floor * 280);
                    if y + 160 < ground && x + 90 < right {
                        let pane = dice.pick(&[[60, 72, 88], [88, 100, 112], [206, 196, 150]]);
                        self.add(Outline::Rectangle, (x, y, x + 90, y + 160), pane, 4);
                    }
                }
            }
            left = right + dice.between(0, 60);
        }
    }

    fn road(&mut self, dice: &mut Dice) {
        let horizon = self.horizon;
        self.add(Outline::Rectangle, (-1, horizon + 140, UNIT, UNIT), [158, 154, 146], 14);
        let middle = dice.between(1700, 2400);
        self.add(Outline::Road(700), (middle - 2100, horizon + 200, middle + 2100, UNIT + 1), [84, 84, 88], 18);
        let mut top = horizon + 260;
        let mut length = 60;
        while top < UNIT {
            let half = length / 8;
            self.add(Outline::Rectangle, (middle - half, top, middle + half, top + length), [222, 220, 208], 10);
            top += length * 2;
            length = length * 3 / 2;
        }
    }

    fn tree(&mut self, dice: &mut Dice) {
        let (x, top) = (dice.between(200, 900), self.horizon - dice.between(700, 1100));
        self.add(Outline::Rectangle, (x - 40, top + 300, x + 40, self.horizon + 500), [92, 70, 50], 16);
        for _ in 0..7 {
            let (dx, dy, size) = (dice.between(-260, 260), dice.between(-160, 320), dice.between(220, 380));
            let leaves = dice.pick(&[[54, 96, 48], [66, 112, 56], [44, 82, 44]]);
            self.add(Outline::Ellipse, (x + dx - size, top + dy - size, x + dx + size, top + dy + size), leaves, 30);
        }
    }

    fn litter(&mut self, dice: &mut Dice) {
        let (x, y) = (dice.between(2000, 3300), dice.between(3000, 3500));
        self.add(Outline::Ellipse, (x - 560, y + 60, x + 560, y + 330), [58, 56, 54], 20);
        for layer in 0..26 {
            let spread = 520 - layer * 16;
            let (dx, dy) = (dice.between(-spread, spread), 200 - layer * 14 + dice.between(-40, 40));
            let (wide, high) = (dice.between(60, 170), dice.between(50, 130));
            let colour = dice.pick(&[
                [30, 32, 36],
                [226, 226, 222],
                [188, 60, 48],
                [60, 110, 176],
                [214, 178, 72],
                [120, 92, 64],
            ]);
            let outline = if dice.between(0, 3) == 0 { Outline::Rectangle } else { Outline::Ellipse };
            self.add(outline, (x + dx - wide, y + dy - high, x + dx + wide, y + dy + high), colour, 24);
        }
    }

    /// Finds the shapes that row `y` touches, front ones first.
    pub(super) fn touching(&self, y: usize, height: usize, found: &mut Vec<Shape>) {
        let y = place(y, height);
        found.clear();
        found.extend(self.shapes.iter().rev().filter(|shape| (shape.top..shape.bottom).contains(&y)));
    }

    /// The colour at a pixel, given the shapes that its row touches.
    pub(super) fn pixel(&self, x: usize, y: usize, width: usize, height: usize, shapes: &[Shape]) -> Colour {
        let (across, down) = (place(x, width), place(y, height));
        let (colour, rough) = match shapes.iter().find(|shape| shape.covers(across, down)) {
            Some(shape) => (shape.colour, shape.rough),
            None => {
                // The sky gets paler towards the horizon.
                let pale = (down * 60 / self.horizon.max(1)).clamp(0, 60) as u8;
                (self.sky.map(|level| level.saturating_add(pale)), 3)
            }
        };
        // A coarse grain that belongs to the surface and a fine one that belongs to the sensor.
        let surface = grain(self.seed, across as u64 / 12, down as u64 / 12) % (2 * i32::from(rough) + 1);
        let sensor = grain(self.seed ^ u64::MAX, x as u64, y as u64) % 7;
        let change = surface - i32::from(rough) + sensor - 3 + self.light;
        colour.map(|level| (i32::from(level) + change).clamp(0, 255) as u8)
    }
}

/// A pixel's place in 1/4096 of the side; sides are at most 12,000 pixels.
fn place(at: usize, side: usize) -> i32 {
    (at * UNIT as usize / side.max(1)) as i32
}

/// A number from 0 to 65,535 that depends on the place alone.
fn grain(seed: u64, x: u64, y: u64) -> i32 {
    let mut dice = Dice(seed ^ x << 32 ^ y);
    (dice.next() >> 48) as i32
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// From `low` to `high`, both included.
    fn between(&mut self, low: i32, high: i32) -> i32 {
        low + ((self.next() >> 33) % (high - low + 1).max(1) as u64) as i32
    }

    fn pick(&mut self, colours: &[Colour]) -> Colour {
        colours[(self.next() >> 33) as usize % colours.len()]
    }
}
