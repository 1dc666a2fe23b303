package cn.redvest.app

import cn.redvest.app.ui.Place
import cn.redvest.core.Home
import cn.redvest.core.Work

/** Where the bottom navigation leads, with what waits there. */
fun placesOf(home: Home?): List<Place> = listOf(
    Place(R.drawable.ic_home, R.string.nav_home, 0),
    Place(R.drawable.ic_list, R.string.nav_work, tickets(home) { it != Work.REVIEW }),
    Place(R.drawable.ic_review, R.string.nav_review, tickets(home) { it == Work.REVIEW }),
    Place(R.drawable.ic_sync, R.string.nav_sync, 0),
)

private fun tickets(home: Home?, counts: (Work) -> Boolean): Long =
    home?.tallies.orEmpty().filter { it.work?.let(counts) == true }.sumOf { it.tickets.toLong() }
