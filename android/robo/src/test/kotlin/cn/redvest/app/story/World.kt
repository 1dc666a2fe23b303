package cn.redvest.app.story

import org.json.JSONObject
import java.io.BufferedReader
import java.io.Closeable
import java.io.File
import java.util.concurrent.TimeUnit

/** A district with a real hub, in a process of its own, behind a line on which something can go wrong. */
class World private constructor(private val process: Process) : Closeable {
    private val answers: BufferedReader = process.inputStream.bufferedReader()
    private val greeting = JSONObject(requireNotNull(answers.readLine()) { "the hub greets" })

    /** A one-time code for somebody. */
    fun invite(who: String): String = obey("invite $who").getString("code")

    /** The hub no longer takes this device. */
    fun revoke(device: String) {
        obey("revoke $device")
    }

    /** What the hub holds for the keys of a device's owner: digests in hexadecimal digits by key. */
    fun digests(device: String): Map<String, String> {
        val digests = obey("digest $device").getJSONObject("digests")
        return digests.keys().asSequence().associateWith(digests::getString)
    }

    /** What somebody is called. */
    fun nameOf(who: String): String = greeting.getJSONObject("people").getJSONObject(who).getString("name")

    /** Gives a command and reads its answer. */
    @Synchronized
    fun obey(command: String): JSONObject {
        process.outputStream.write("$command\n".toByteArray())
        process.outputStream.flush()
        val answer = JSONObject(requireNotNull(answers.readLine()) { "the hub is gone" })
        check(!answer.has("error")) { "$command: ${answer.getString("error")}" }
        return answer
    }

    override fun close() {
        process.outputStream.close()
        if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly()
    }

    companion object {
        /** Starts one with its data in this folder. */
        fun start(folder: File): World {
            val program = requireNotNull(System.getProperty("redvest.world")) { "android/mvn names the program" }
            return World(ProcessBuilder(program, folder.path).redirectError(ProcessBuilder.Redirect.INHERIT).start())
        }
    }
}
