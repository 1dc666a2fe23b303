package com.example

import cn.redvest.core.Fix
import cn.redvest.core.FixSource
import cn.redvest.core.fileVault
import cn.redvest.sdk.RedVest
import cn.redvest.sdk.by
import cn.redvest.sdk.position
import cn.redvest.sdk.report
import java.io.File

/** Enrols with a code from the office, reports a cigarette end and sends it: `FOLDER CODE`. */
suspend fun main(arguments: Array<String>) {
    val (folder, code) = arguments
    RedVest.open(File(folder), fileVault("$folder.keys")).use { redVest ->
        redVest.enrol(code, "sample")
        redVest.sync()
        val here = Fix(position(31.2325, 121.4725), 800u, FixSource.SATELLITE, 0u, false)
        val done = redVest.ask { report(report("X201", here.position, fix = here), by("两个烟头")) }
        val summary = redVest.sync()
        println("reported ${done.ticket}: ${summary.accepted} event accepted")
    }
}
