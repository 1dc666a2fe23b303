package cn.redvest.testing

import java.io.File
import java.nio.file.Files
import java.util.concurrent.TimeUnit

/**
 * A district with a real hub behind a line on which something can go wrong: `redvest-world` in a process of its own. Its
 * people are li (a volunteer), wang and zhao (grid members of WG01 and WG02), sun (their manager), chen (an agency), zhou
 * (a supervisor) and wu (the office).
 */
class World(tls: Boolean = false) : AutoCloseable {
    private val root: File = Files.createTempDirectory("redvest-world").toFile()
    private val log = File(root, "log")
    private val process: Process
    private val greeting: String

    init {
        val program = checkNotNull(System.getProperty("redvest.world")) { "android/mvn names the program" }
        val command = listOfNotNull(program, File(root, "hub").path, "--tls".takeIf { tls })
        process = ProcessBuilder(command).redirectError(log).start()
        greeting = answer()
    }

    /** The address that codes name: the line's. */
    val hub: String get() = field(greeting, "hub")

    /** A new folder for a phone. */
    fun folder(name: String): File = File(root, name)

    /** An enrolment code of a member. */
    fun invite(tag: String): String = field(tell("invite $tag"), "code")

    /** Locks a device out at once. */
    fun revoke(device: String) {
        tell("revoke $device")
    }

    /** What the hub holds for the keys of a device's owner: digests by key, where there is anything. */
    fun digests(device: String): Map<String, String> {
        val digests = tell("digest $device").substringAfter("\"digests\":{").substringBefore("}")
        val all = Regex("\"([^\"]+)\":\"([0-9a-f]+)\"").findAll(digests).map { it.groupValues[1] to it.groupValues[2] }
        return all.filter { (_, digest) -> digest.any { it != '0' } }.toMap()
    }

    /** What happens to the next connection: `none`, `cut BYTES`, `cut_down BYTES`, `reset`, `delay MS`; or to many, as `storm`. */
    fun fault(what: String) {
        tell("fault $what")
    }

    private fun tell(command: String): String {
        process.outputStream.write("$command\n".toByteArray())
        process.outputStream.flush()
        return answer().also { check("\"error\"" !in it) { it } }
    }

    private fun answer(): String =
        process.inputReader().readLine() ?: error("the hub ended: ${log.readText()}")

    private fun field(json: String, name: String): String =
        checkNotNull(Regex("\"$name\":\"([^\"]*)\"").find(json)) { "no $name in $json" }.groupValues[1]

    override fun close() {
        process.outputStream.close()
        if (!process.waitFor(20, TimeUnit.SECONDS)) process.destroyForcibly()
        root.deleteRecursively()
    }
}
