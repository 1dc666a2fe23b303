package cn.redvest.core

/**
 * The list of work over the store that `cargo bench -p redvest-client --bench list -- FOLDER/` left behind, to be set
 * against the same query there; and opening that store. See docs/benchmarks.md.
 */
object ListBench {
    private const val WARM = 3_000
    private const val ROUNDS = 2_000

    private inline fun <T> timed(times: MutableList<Double>, work: () -> T): T {
        val start = System.nanoTime()
        return work().also { times += (System.nanoTime() - start) / 1e6 }
    }

    private fun report(name: String, times: List<Double>) {
        val sorted = times.sorted()
        val (middle, last) = sorted[sorted.size / 2] to sorted[(sorted.size * 0.99).toInt()]
        println("%-28s p50 %7.3f   p99 %7.3f ms".format(name, middle, last))
    }

    /** Measures the store in the given folder. */
    @JvmStatic
    fun main(arguments: Array<String>) {
        val folder = arguments.single()
        fun open() = Device.open(folder, fileVault("$folder/secrets"), null)
        open().shutDown()
        val opening = mutableListOf<Double>()
        repeat(20) { timed(opening) { open() }.shutDown() }
        report("open", opening)

        val device = open()
        var cursor: Cursor? = null
        val list = mutableListOf<Double>()
        repeat(WARM + ROUNDS) { round ->
            if (round == WARM) list.clear()
            val page = timed(list) { device.workList(Work.RECTIFY, cursor) }
            check(page.rows.size == 50) { "a full page" }
            cursor = page.next
        }
        report("work list, 50 rows", list)
        val home = mutableListOf<Double>()
        repeat(200) { timed(home) { device.home() } }
        report("home", home)
        device.shutDown()
    }
}
