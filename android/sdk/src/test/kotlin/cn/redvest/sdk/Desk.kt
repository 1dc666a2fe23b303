package cn.redvest.sdk

import cn.redvest.core.By
import cn.redvest.core.Outcome
import cn.redvest.core.Rectify
import cn.redvest.core.Judge
import cn.redvest.core.fileVault
import java.io.File
import java.net.URLDecoder
import java.net.URLEncoder
import kotlinx.coroutines.runBlocking

/**
 * A device of the story that is told in three languages, asked line by line on standard input: the words and the
 * answers are described in tests/tests/one_system/desk.rs.
 */
object Desk {
    private var phone: RedVest? = null

    private fun phone() = checkNotNull(phone) { "open comes first" }

    private suspend fun photos(paths: List<String>) = paths.map { phone().ask { importPhoto(it) }.hash }

    private suspend fun answer(words: List<String>): List<Pair<String, String>> {
        val (command, arguments) = words.first() to words.drop(1)
        when (command) {
            "open" -> {
                val folder = File(arguments[0]).apply { mkdirs() }
                phone = RedVest.open(File(folder, "data"), fileVault(File(folder, "vault").path))
            }
            "enrol" -> phone().enrol(arguments[0], arguments[1])
            "sync" -> {
                val done = phone().sync(atOnce = true)
                val moved = done.accepted + done.changed + done.sent + done.fetched + done.refused + done.tooLate
                return listOfNotNull("moved" to "$moved", done.failure?.let { "failure" to it.code })
            }
            "report" -> {
                val taken = photos(arguments.drop(3))
                val request = report(arguments[0], grid = arguments[1], photos = taken, gateReason = "signal")
                return listOf("ticket" to phone().ask { report(request, By(null, arguments[2])) }.ticket)
            }
            "accept" -> phone().ask { accept(arguments[0], By(null, null)) }
            "rectify" -> {
                val request = Rectify(Outcome.RECTIFIED, photos(arguments.drop(2)), null, "signal", null)
                phone().ask { rectify(arguments[0], request, By(null, arguments[1])) }
            }
            "comment" -> phone().ask { comment(arguments[0], By(null, arguments[1])) }
            "pass" -> phone().ask { pass(arguments[0], Judge(null, emptyList(), null), By(null, null)) }
            "show" -> {
                val ticket = phone().ask { ticket(arguments[0]) }
                val spoken = ticket.history.mapNotNull { event -> event.words?.let { "words" to it } }
                val late = ticket.history.mapNotNull { event -> event.late?.let { "late" to it.code } }
                return listOf("stage" to ticket.row.stage.name.lowercase()) + spoken + late
            }
            "digest" -> return phone().ask { digest() }.flatMap { listOf("key" to it.key, "digest" to it.digest) }
            else -> error("no such command: $command")
        }
        return emptyList()
    }

    private fun encoded(text: String) = URLEncoder.encode(text, Charsets.UTF_8).replace("+", "%20")

    /** Serves until standard input ends. */
    @JvmStatic
    fun main(arguments: Array<String>) {
        generateSequence(::readlnOrNull).forEach { line ->
            val words = line.split(' ').map { URLDecoder.decode(it.replace("+", "%2B"), Charsets.UTF_8) }
            val said = try {
                val values = runBlocking { answer(words) }
                (listOf("ok") + values.map { (name, value) -> "$name=${encoded(value)}" }).joinToString(" ")
            } catch (failure: RedVestFailure) {
                "error ${encoded(failure.code)}"
            }
            println(said)
        }
        phone?.close()
    }
}
