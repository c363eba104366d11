# Says "ready" on the serial line, then writes to every page of 512 KiB for ever, and is deaf: at a migration speed of
# 1 MiB/s and with a downtime of 1 ms it never converges.
.include "serial.S"

main:
    set_up
    movw $greeting, %si
    call print_text
again:
    movw $0x1000, %bx            # from 64 KiB
next_page:
    movw %bx, %es
    incw %es:0
    addw $0x100, %bx             # 4 KiB
    cmpw $0x9000, %bx            # to 576 KiB
    jb next_page
    # Toggling CR0.WP makes the emulator forget its address translations. QEMU 7.2 notices a write through the translation,
    # and sometimes forgets to notice the next one.
    movl %cr0, %eax
    xorl $0x10000, %eax
    movl %eax, %cr0
    jmp again
greeting: .asciz "\nready\n"

.org 510
.word 0xaa55
