package cn.redvest.sdk

import kotlin.math.PI
import kotlin.math.abs
import kotlin.math.atan2
import kotlin.math.cos
import kotlin.math.sin
import kotlin.math.sqrt
import org.json.JSONArray
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Which grids hold a pin, and where China's maps show it, worked out a second time by other means. */
class PinVectorsTest {
    private fun JSONArray.points() = map { (it as JSONArray).run { getLong(0) to getLong(1) } }

    private fun edges(ring: JSONArray) = ring.points().zipWithNext()

    private fun onBorder(ring: JSONArray, x: Long, y: Long) = edges(ring).any { (a, b) ->
        (b.first - a.first) * (y - a.second) == (b.second - a.second) * (x - a.first) &&
            x in minOf(a.first, b.first)..maxOf(a.first, b.first) && y in minOf(a.second, b.second)..maxOf(a.second, b.second)
    }

    /** How often a ring goes around a point off its border: the angles under which its edges are seen add up to turns. */
    private fun goesAround(ring: JSONArray, x: Long, y: Long): Boolean = abs(edges(ring).sumOf { (a, b) ->
        val (ax, ay) = (a.first - x).toDouble() to (a.second - y).toDouble()
        val (bx, by) = (b.first - x).toDouble() to (b.second - y).toDouble()
        atan2(ax * by - ay * bx, ax * bx + ay * by)
    }) > PI

    private fun holds(polygon: JSONArray, x: Long, y: Long): Boolean {
        val rings = polygon.map { it as JSONArray }
        if (rings.any { onBorder(it, x, y) }) return true
        return goesAround(rings.first(), x, y) && rings.drop(1).none { goesAround(it, x, y) }
    }

    @Test
    fun pinsLieInTheGridsThatGoAroundThem() {
        val file = vectors("pins")
        val grids = file.getJSONArray("grids").objects().sortedWith(compareBy({ -it.getInt("depth") }, { it.getString("code") }))
        for (pin in file.getJSONArray("pins").objects()) {
            val (x, y) = pin.getLong("lon_e7") to pin.getLong("lat_e7")
            val found = grids.filter { grid -> grid.getJSONArray("shape").any { holds(it as JSONArray, x, y) } }.map { it.getString("code") }
            assertEquals(pin.getJSONArray("containing").toList(), found) { pin.getString("note_zh") }
        }
    }

    /** GCJ-02 by its known series around 105° E, 35° N on the ellipsoid of 1940; degrees east, then north. */
    private fun shifted(lon: Double, lat: Double): Pair<Double, Double> {
        if (lon !in 72.004..137.8347 || lat !in 0.8293..55.8271) return lon to lat
        val (x, y) = lon - 105 to lat - 35
        fun waves(at: Double, vararg parts: Pair<Double, Double>) = parts.sumOf { (size, times) -> size * sin(at * PI * times) } * 2 / 3
        val short = waves(x, 20.0 to 6.0, 20.0 to 2.0)
        val east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + short +
            waves(x, 20.0 to 1.0, 40.0 to 1 / 3.0, 150.0 to 1 / 12.0, 300.0 to 1 / 30.0)
        val north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + short +
            waves(y, 20.0 to 1.0, 40.0 to 1 / 3.0, 160.0 to 1 / 12.0, 320.0 to 1 / 30.0)
        val (axis, flat) = 6_378_245.0 to 0.00669342162296594323
        val across = 1 - flat * sin(lat * PI / 180).let { it * it }
        return lon + east * 180 / (axis / sqrt(across) * cos(lat * PI / 180) * PI) to
            lat + north * 180 / (axis * (1 - flat) / (across * sqrt(across)) * PI)
    }

    @Test
    fun chinesePositionsAreShiftedAsChineseMapsShiftThem() {
        for (one in vectors("pins").getJSONArray("gcj02").objects()) {
            val (lon, lat) = shifted(one.getLong("lon_e7") / 1e7, one.getLong("lat_e7") / 1e7)
            assertEquals(one.getDouble("gcj_lon"), lon, 1e-7) { one.getString("note_zh") }
            assertEquals(one.getDouble("gcj_lat"), lat, 1e-7) { one.getString("note_zh") }
        }
    }
}
