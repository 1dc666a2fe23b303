package cn.redvest.testing

import cn.redvest.core.Device
import cn.redvest.core.HttpBody
import cn.redvest.core.HttpHeader
import cn.redvest.core.HttpReply
import cn.redvest.core.HttpRequest
import cn.redvest.core.SessionOptions
import cn.redvest.core.Summary
import cn.redvest.core.SyncStep
import cn.redvest.core.fileVault
import java.io.File
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import cn.redvest.testing.World as TestWorld
import java.net.http.HttpRequest as JavaRequest

private val client: HttpClient = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()

/** Sends one request over the JVM's own HTTP: the smallest driver that there can be. */
fun send(request: HttpRequest): HttpReply {
    val body = when (val body = request.body) {
        HttpBody.Empty -> BodyPublishers.noBody()
        is HttpBody.Bytes -> BodyPublishers.ofByteArray(body.bytes)
        is HttpBody.File -> {
            val part = File(body.path).readBytes().drop(body.offset.toInt()).take(body.length.toInt())
            BodyPublishers.ofByteArray(part.toByteArray())
        }
    }
    val outgoing = JavaRequest.newBuilder(URI(request.url)).method(request.method, body)
    request.headers.forEach { outgoing.header(it.name, it.value) }
    val reply = client.send(outgoing.build(), BodyHandlers.ofByteArray())
    val saved = request.saveTo?.takeIf { reply.statusCode() / 100 == 2 }?.also { File(it).writeBytes(reply.body()) }
    val headers = reply.headers().map().flatMap { (name, values) -> values.map { HttpHeader(name, it) } }
    return HttpReply(reply.statusCode().toUShort(), headers, reply.body().takeIf { saved == null })
}

/** An enrolled phone of a member. */
fun TestWorld.phone(tag: String, name: String = tag): Device {
    val folder = folder(name).apply { mkdirs() }
    val device = Device.open(File(folder, "data").path, fileVault(File(folder, "vault").path), null)
    val code = invite(tag)
    device.enrolReply(code, send(device.enrolRequest(code, name)))
    return device
}

/** What a sync may do in tests. */
val ALL: SessionOptions = SessionOptions(originals = true, reviewCopies = false, failures = 0u, pageBytes = 524_288u)

/** Syncs, one request after the other. */
fun Device.syncNow(): Summary {
    val session = beginSync(ALL)
    while (true) {
        when (val step = session.next()) {
            is SyncStep.Send -> session.feed(step.request.id, send(step.request))
            SyncStep.Await -> error("every request was answered")
            is SyncStep.Done -> return step.summary.also { session.destroy() }
        }
    }
}
